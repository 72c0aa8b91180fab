/** A store in whose method the process dies: before anything was done, or, where it `goesThrough`, right after. */
export function diesAt<O extends object>(store: O, method: keyof O, goesThrough: boolean): O {
  return new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== method) return member.bind(target);
      return async (...args: unknown[]) => {
        if (goesThrough) await member.apply(target, args);
        throw new Error('killed');
      };
    },
  });
}
