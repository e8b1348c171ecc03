/** Of a value that a module keeps for the whole page: whoever shows it hears that it has moved. */
export function hearers() {
  const all = new Set<() => void>();
  return {
    subscribe: (hearer: () => void): (() => void) => {
      all.add(hearer);
      return () => all.delete(hearer);
    },
    tell: (): void => {
      for (const hearer of all) hearer();
    },
  };
}
