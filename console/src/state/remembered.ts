/** What the browser remembers: language, appearance and the last namespace. Never a token. */
export const remembered = {
  read<T extends string>(key: string, allowed?: readonly T[]): T | undefined {
    const value = localStorage.getItem(`devmachine.${key}`) as T | null;
    return value !== null && (allowed === undefined || allowed.includes(value)) ? value : undefined;
  },
  write(key: string, value: string): void {
    localStorage.setItem(`devmachine.${key}`, value);
  },
};
