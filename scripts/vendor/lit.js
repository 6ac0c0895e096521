// What the browser gets as /static/vendor/lit.js: lit and the directives in use, in one file, so that
// there is one copy of lit-html. Add a directive here to use it. Not styleMap: it writes a style attribute at
// first, which the content policy forbids; `.style=${'inline-size: 40%'}` sets the same by the object model.
export * from 'lit';
export { classMap } from 'lit/directives/class-map.js';
export { ifDefined } from 'lit/directives/if-defined.js';
export { keyed } from 'lit/directives/keyed.js';
export { live } from 'lit/directives/live.js';
export { createRef, ref } from 'lit/directives/ref.js';
export { repeat } from 'lit/directives/repeat.js';
