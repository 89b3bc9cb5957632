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
 * Elements that show something that changes. Of many, those near the screen are drawn again at once, and the others in
 * slices after that, or when they come near: a switch in a list of thousands costs what a screen costs.
 */
export class LazyNodes {
  /** @param {(node: any, item: any) => void} draw */
  constructor(draw) {
    this.draw = draw;
    this.items = new Map();
    this.far = new Set();
    this.old = new Set();
    this.watcher = new IntersectionObserver((entries) => this.moved(entries), { rootMargin: "800px" });
  }

  /** @param {any} node */
  add(node, item) {
    this.items.set(node, item);
    this.draw(node, item);
    this.watcher.observe(node);
    return node;
  }

  clear() {
    this.watcher.disconnect();
    for (const all of [this.items, this.far, this.old]) all.clear();
  }

  moved(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!this.items.has(target)) continue;
      if (!isIntersecting) this.far.add(target);
      else {
        this.far.delete(target);
        if (this.old.delete(target)) this.draw(target, this.items.get(target));
      }
    }
  }

  refresh() {
    const isBusy = this.old.size > 0;
    for (const [node, item] of this.items) {
      if (this.items.size > FEW && this.far.has(node)) this.old.add(node);
      else {
        this.old.delete(node);
        this.draw(node, item);
      }
    }
    if (!isBusy) this.catchUp();
  }

  async catchUp() {
    const pace = new Pace();
    for (const node of this.old) {
      await pace.rest();
      // Whoever came near, or was taken away, during the rest is in the set no more.
      if (this.old.delete(node)) this.draw(node, this.items.get(node));
    }
  }
}
