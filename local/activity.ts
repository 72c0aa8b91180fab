/** What the laptop is doing right now; `idle()` waits until it does nothing. */
export interface Activity {
  /** Notes that something is under way; call the result when it is done. Further calls of it do nothing. */
  begin(what: string): () => void;
  /** Resolves once nothing is under way. Work hands over before it ends, so there is no gap to fall into. */
  idle(): Promise<void>;
  /** What is under way, for a message when a test hangs. */
  pending(): readonly string[];
}

export function createActivity(): Activity {
  const running = new Map<symbol, string>();
  let waiting: (() => void)[] = [];

  const settle = (): void => {
    if (running.size > 0) return;
    const ready = waiting;
    waiting = [];
    for (const resolve of ready) resolve();
  };
  return {
    begin(what) {
      const token = Symbol(what);
      running.set(token, what);
      return () => {
        if (running.delete(token) && running.size === 0) setImmediate(settle);
      };
    },
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        setImmediate(settle);
      }),
    pending: () => [...running.values()],
  };
}
