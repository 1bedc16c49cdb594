// A browser's own description of itself, in two words: enough to know one's own again. Pure.
const browsers: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Firefox, Windows"; what is unknown is left out. */
export function deviceOf(user_agent: string): string {
  const first = (list: [RegExp, string][]): string =>
    list.find(([pattern]) => pattern.test(user_agent))?.[1] ?? '';
  return [first(browsers), first(systems)].filter((part) => part !== '').join(', ');
}
