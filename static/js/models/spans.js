// How many tables or seats are said in few words. Pure.

/**
 * Tables or seats, those that follow each other in one, as they are said: "18–34, 40".
 * @param {string[]} some
 * @param {string[]} all In the order of the room.
 */
export function spans(some, all) {
  const places = some.map((each) => all.indexOf(each)).filter((at) => at >= 0).sort((a, b) => a - b);
  /** @type {[number, number][]} */
  const runs = [];
  for (const at of places) {
    const last = runs.at(-1);
    if (last && at === last[1] + 1) last[1] = at;
    else runs.push([at, at]);
  }
  return runs.map(([from, to]) => (from === to ? all[from] : `${all[from]}–${all[to]}`)).join(', ');
}
