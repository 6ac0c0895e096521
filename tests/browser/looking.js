// The part of checks.py that runs beside a page. Each function gives its findings, one sentence each.
var looking = (() => {
  const HIDDEN_FROM_SIGHT = (rect) => rect.width <= 1 || rect.height <= 1;
  const SKIP = 'script, style, noscript, template';

  /** A short path to an element that a person finds again. */
  function named(element) {
    const parts = [];
    for (let at = element; at && at.nodeType === 1 && parts.length < 4; at = at.parentElement) {
      const id = at.id ? `#${at.id}` : '';
      const classes = id ? '' : [...at.classList].slice(0, 2).map((name) => `.${name}`).join('');
      parts.unshift(at.localName + id + classes);
      if (id) break;
    }
    const text = (element.innerText ?? element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);
    return `${parts.join(' > ')}${text ? ` "${text}"` : ''}`;
  }

  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const ancestors = function* (element) {
    for (let at = element.parentElement; at; at = at.parentElement) yield at;
  };
  const visuallyHidden = (element) => [element, ...ancestors(element)].some((each) => {
    const style = getComputedStyle(each);
    return style.clipPath === 'inset(50%)' || (style.position === 'absolute' && HIDDEN_FROM_SIGHT(each.getBoundingClientRect()));
  });

  async function axe_({ rules }) {
    const said = await axe.run(document, { preload: false, resultTypes: ['violations'], rules });
    return said.violations.flatMap((rule) => rule.nodes.map((node) =>
      `${rule.id} (${rule.impact}): ${rule.help}: ${node.target.flat().join(' ')}: ${node.html.slice(0, 120)}: ${node.failureSummary.split('\n').slice(1).map((line) => line.trim()).join('; ')}`));
  }

  async function contrast({ least, beside }) {
    const ratio = { normal: { expected: least }, large: { expected: least } };
    axe.configure({ checks: [{ id: 'color-contrast-enhanced', options: { contrastRatio: ratio } }] });
    const said = await axe.run(document, { preload: false, runOnly: ['color-contrast-enhanced'] });
    axe.reset();
    const visible = (node) => {
      const element = document.querySelector(node.target.flat().join(' ')) ?? document.body;
      return seen(element) && !(beside && element.closest(beside));
    };
    return [...said.violations, ...said.incomplete].flatMap((rule) => rule.nodes.filter(visible).map((node) =>
      `${node.target.flat().join(' ')}: ${node.html.slice(0, 100)}: ${node.any.map((each) => each.message).join('; ')}`));
  }

  function fits({ letters, beside }) {
    const root = document.documentElement;
    const before = root.style.fontSize;
    if (letters !== 1) root.style.fontSize = `${parseFloat(getComputedStyle(root).fontSize) * letters}px`;
    const found = [];
    const wide = root.scrollWidth - root.clientWidth;
    if (wide > 1) found.push(`the page is ${wide} px wider than the window`);
    for (const element of document.body.querySelectorAll('*')) {
      if (element.closest(SKIP) || (beside && element.closest(beside)) || element instanceof SVGElement || !seen(element) || visuallyHidden(element)) continue;
      const style = getComputedStyle(element);
      const rect = element.getBoundingClientRect();
      const scrolled = [...ancestors(element)].some((each) => /auto|scroll/.test(getComputedStyle(each).overflowX) && each !== document.body && each !== root);
      const beyond = rect.right > root.clientWidth + 1 || (rect.left < -1 && style.position !== 'absolute');
      if (beyond && !scrolled && wide > 1) found.push(`sticks out to ${Math.round(rect.right)}: ${named(element)}`);
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      const spills = own && style.overflowX === 'visible' && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
      if (spills && !scrolled) found.push(`its text is wider than it (${element.scrollWidth} in ${element.clientWidth}): ${named(element)}`);
      if (!element.innerText?.trim() || element.matches('select, input, textarea') || element.closest('[data-short]')) continue;
      const cutX = /hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      const cutY = /hidden|clip/.test(style.overflowY) && element.scrollHeight > element.clientHeight + 2;
      if (cutX || cutY) found.push(`cut off ${cutX ? `sideways (${element.scrollWidth} in ${element.clientWidth})` : `below (${element.scrollHeight} in ${element.clientHeight})`}: ${named(element)}`);
    }
    root.style.fontSize = before;
    return found;
  }

  const PRESSED = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=option], [role=tab], [role=radio], [role=checkbox], [role=menuitem], [tabindex]:not([tabindex^="-"])';

  /** What a finger may hit: the thing itself, or the label that stands for it. */
  function area(element) {
    const rects = [element, ...(element.labels ?? [])].map((each) => each.getBoundingClientRect());
    return rects.reduce((best, rect) => (rect.width * rect.height > best.width * best.height ? rect : best));
  }

  function inSentence(element) {
    if (element.localName !== 'a' || getComputedStyle(element).display !== 'inline') return false;
    const around = element.parentElement?.textContent?.trim() ?? '';
    return around.length > (element.textContent ?? '').trim().length + 3;
  }

  function targets({ least, within, apart }) {
    const found = [];
    const boxes = [];
    for (const element of document.querySelectorAll(`:is(${within}) :is(${PRESSED})`)) {
      if (!seen(element) || element.closest('[inert]') || visuallyHidden(element) || inSentence(element)) continue;
      if (element.matches('[tabindex]') && !element.matches('a, button, input, select, textarea, summary, [role]')) continue;
      const rect = area(element);
      if (rect.width < least - 0.5 || rect.height < least - 0.5) found.push(`${Math.round(rect.width)} × ${Math.round(rect.height)}: ${named(element)}`);
      boxes.push([element, rect]);
    }
    if (apart > 0) {
      for (const [i, [one, a]] of boxes.entries()) {
        for (const [other, b] of boxes.slice(i + 1)) {
          const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
          const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
          if (Math.max(across, down) < apart - 0.5 && !one.contains(other) && !other.contains(one)) found.push(`${Math.round(Math.max(across, down))} px between ${named(one)} and ${named(other)}`);
        }
      }
    }
    return found;
  }

  const SPOKEN = ['aria-label', 'title', 'placeholder', 'alt', 'aria-description', 'aria-roledescription', 'aria-valuetext'];

  function thaiOnly({ allowed, ours, beside }) {
    const may = new Set(allowed);
    const english = new Set(ours);
    const found = [];
    const look = (element, text, where) => {
      if (beside && element.closest(beside)) return;
      const marked = element.closest('[lang]')?.getAttribute('lang') ?? '';
      const flat = text.replace(/\s+/g, ' ').trim();
      if (english.has(flat)) found.push(`a sentence of ours in English, ${where}: ${named(element)}: ${flat}`);
      if (!marked.startsWith('th') || element.closest('code, kbd, [translate="no"]')) return;
      const words = (text.match(/[A-Za-z][A-Za-z'’]+/g) ?? []).filter((word) => !may.has(word));
      if (words.length) found.push(`${words.join(' ')}, ${where}: ${named(element)}`);
    };
    look(document.documentElement, document.title, 'the title');
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const element = node.parentElement;
      if (element && !element.closest(`${SKIP}, textarea`) && element.checkVisibility()) look(element, node.data, 'text');
    }
    for (const name of SPOKEN) {
      for (const element of document.querySelectorAll(`[${name}]`)) if (!element.closest(SKIP)) look(element, element.getAttribute(name) ?? '', name);
    }
    return found;
  }

  const LABEL = 40;
  const NAMED = /[.*+?^${}()|[\]\\]/g;
  const params = (text) => text.replace(/\{[a-z_]+\}/g, '388');

  /** For each text of the catalogue the longest that may stand in its place: a label of its group, or a sentence. */
  function longest(texts) {
    const group = (key, text) => `${key.slice(0, key.lastIndexOf('.'))} ${text.length <= LABEL}`;
    const found = new Map();
    for (const [key, text] of Object.entries(texts)) {
      const at = group(key, text);
      if (params(text).length > (found.get(at) ?? '').length) found.set(at, params(text));
    }
    return (key, text) => found.get(group(key, text));
  }

  /** Put the longest text in the place of each one that is seen; gives how many were exchanged. */
  function lengthen({ texts, beside }) {
    const instead = longest(texts);
    const whole = new Map();
    const parts = [];
    for (const [key, text] of Object.entries(texts)) {
      if (!text.includes('{')) whole.set(text, instead(key, text));
      else if (text.replace(/\{[a-z_]+\}/g, '').trim().length > 2) {
        parts.push([new RegExp(`^${text.split(/\{[a-z_]+\}/).map((each) => each.replace(NAMED, '\\$&')).join('.+')}$`), instead(key, text)]);
      }
    }
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let changed = 0;
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const element = node.parentElement;
      const text = node.data.trim();
      if (!text || !element || element.closest(`${SKIP}, textarea`) || !seen(element) || (beside && element.closest(beside))) continue;
      const longer = whole.get(text) ?? parts.find(([like]) => like.test(text))?.[1];
      if (longer === undefined || longer.length < text.length) continue;
      node.data = node.data.replace(text, () => longer);
      changed += 1;
    }
    return [String(changed)];
  }

  /** WCAG 1.4.12: lines, paragraphs, letters and words as far apart as a reader may set them. */
  function apart() {
    for (const element of document.body.querySelectorAll('*')) {
      if (element instanceof SVGElement) continue;
      for (const [name, value] of [['line-height', '1.5'], ['letter-spacing', '0.12em'], ['word-spacing', '0.16em']]) element.style.setProperty(name, value, 'important');
      if (element.localName === 'p') element.style.setProperty('margin-block-end', '2em', 'important');
    }
    return [];
  }

  return { axe: axe_, contrast, fits, targets, thaiOnly, lengthen, apart };
})();
