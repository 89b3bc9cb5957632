/* Short names for what every part of the page does with its elements. */

/** @type {(id: string) => any} */
export const $ = (id) => document.getElementById(id);

/**
 * Make an element with properties and children. A property that is no name of JavaScript's is an attribute.
 * @param {string} name
 * @param {Record<string, any>} properties
 * @param {...(string | Node)} children
 * @returns {any}
 */
export function make(name, { dataset = {}, ...properties } = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  Object.assign(node.dataset, dataset);
  node.append(...children);
  return node;
}

const SLICE = 30; // milliseconds of work between two looks at the screen

export const breath = () => new Promise((resolve) => setTimeout(resolve));

/** Long work in slices: `rest` lets the browser look at the screen and at the user, where it is time. */
export class Pace {
  constructor() {
    this.rested = performance.now();
  }

  due() {
    return performance.now() - this.rested > SLICE;
  }

  async rest() {
    if (!this.due()) return;
    await breath();
    this.rested = performance.now();
  }
}

const FEW = 100;

/**
 * Elements that show something that changes, in groups. Of many, those near the screen are drawn again at once, and the
 * others in slices after that, or when they come near: a switch in a list of thousands costs what a screen costs.
 */
export class LazyNodes {
  /** @param {(node: any, item: any) => void} draw */
  constructor(draw) {
    this.draw = draw;
    /** @type {Map<Element, any>} */
    this.items = new Map();
    /** @type {Map<Element, Element[]>} */
    this.groups = new Map();
    /** @type {Set<Element>} groups that are far from the screen */
    this.far = new Set();
    /** @type {Set<Element>} groups that do not show what they should */
    this.old = new Set();
    this.watcher = new IntersectionObserver((entries) => this.moved(entries), { rootMargin: "800px" });
  }

  /**
   * Draw the elements of a group for the first time.
   * @param {Element} group
   * @param {[Element, any][]} pairs
   */
  add(group, pairs) {
    for (const [node, item] of pairs) this.items.set(node, item);
    this.groups.set(group, pairs.map(([node]) => node));
    this.drawGroup(group);
    this.watcher.observe(group);
  }

  clear() {
    this.watcher.disconnect();
    for (const all of [this.items, this.groups, this.far, this.old]) all.clear();
  }

  drawGroup(group) {
    this.old.delete(group);
    for (const node of this.groups.get(group)) this.draw(node, this.items.get(node));
  }

  moved(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!this.groups.has(target)) continue;
      if (!isIntersecting) this.far.add(target);
      else {
        this.far.delete(target);
        if (this.old.has(target)) this.drawGroup(target);
      }
    }
  }

  refresh() {
    const isBusy = this.old.size > 0;
    for (const group of this.groups.keys()) {
      if (this.items.size > FEW && this.far.has(group)) this.old.add(group);
      else this.drawGroup(group);
    }
    if (!isBusy) this.catchUp();
  }

  async catchUp() {
    const pace = new Pace();
    for (const group of this.old) {
      await pace.rest();
      // Whoever came near, or was taken away, during the rest is in the set no more.
      if (this.old.has(group)) this.drawGroup(group);
    }
  }
}
