import { Fragment, h as create, isVNode, type Child, type Comp, type SetupContext, type Slots, type VNode } from 'vue';

/** JSX factory: an element gets its children as a list, a component as slots (one object or function) or a lazy default slot. */
export function h(type: unknown, props?: unknown, ...children: unknown[]): VNode {
  if (typeof type === 'string' || type === Fragment) return create(type, props, children.length ? children : undefined);
  if (!children.length) return create(type, props);
  const [only] = children;
  const isSlots = typeof only === 'function' || (!!only && typeof only === 'object' && !Array.isArray(only) && !isVNode(only));
  return create(type, props, children.length === 1 && isSlots ? only : { default: () => children });
}

/**
 * A component with state. Its props are what it is given, without a second list of their names: Vue hands undeclared props over as
 * attributes, and those are reactive as a whole. Read them as `props.x`, never destructured.
 */
export function component<P = {}>(setup: (props: P, slots: Slots) => () => Child): Comp<P> {
  const definition = {
    inheritAttrs: false,
    setup: (_: unknown, context: SetupContext) => setup(context.attrs as P, context.slots),
  };
  return definition as unknown as Comp<P>;
}

/** A component without state: a function of its props and its children. */
export function view<P = {}>(render: (props: P, children: () => Child) => Child): Comp<P> {
  const definition = (props: P, context: SetupContext) => render(props, () => context.slots.default?.());
  definition.inheritAttrs = false;
  return definition as unknown as Comp<P>;
}

export { Fragment };
