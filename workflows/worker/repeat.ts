export interface Loop {
  stop(): void;
}

/** At once and then again and again, never two at a time. What it does must not throw. */
export function repeat(everyMs: number, work: () => Promise<void> | void): Loop {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const turn = async (): Promise<void> => {
    await work();
    if (!isStopped) timer = setTimeout(() => void turn(), everyMs);
  };
  void turn();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
