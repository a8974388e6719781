import type { Node } from '../../api/types';

export interface Branch { node: Node; children: Branch[] }

/** The flat list as a tree, by name; a node whose parent is not in the list stands at the top. */
export function tree(nodes: Node[]): Branch[] {
  const known = new Set(nodes.map((node) => node.id));
  const below = (parent: string | null): Branch[] => nodes
    .filter((node) => (parent === null ? node.parent === null || !known.has(node.parent) : node.parent === parent))
    .sort((one, other) => one.name.localeCompare(other.name))
    .map((node) => ({ node, children: below(node.id) }));
  return below(null);
}

/** "Production / Frankfurt". */
export function nodePath(node: Node, nodes: Node[]): string {
  const names = [node.name];
  let parent = nodes.find((one) => one.id === node.parent);
  while (parent && names.length < 20) {
    names.unshift(parent.name);
    parent = nodes.find((one) => one.id === parent?.parent);
  }
  return names.join(' / ');
}
