// Which screen is shown: the path of the address, so that reload, bookmarks and "back" work.
export const screens = [
  'shots', 'quick', 'footage', 'media', 'import', 'settings', 'start',
] as const;
export type Screen = (typeof screens)[number];

function screenOf(path: string): Screen {
  return screens.find((screen) => path === `/${screen}`) ?? 'shots';
}

export class Route {
  screen = $state<Screen>(screenOf(location.pathname));
  /** A view of the shots that the address asks for and nobody has taken up yet. */
  wanted = $state<string | null>(this.screen === 'shots' ? location.search : null);
  #shots_search = '';

  constructor() {
    addEventListener('popstate', () => {
      this.screen = screenOf(location.pathname);
      if (this.screen === 'shots') this.wanted = location.search;
    });
  }

  hrefOf(screen: Screen): string {
    return screen === 'shots' ? `/${this.#shots_search}` : `/${screen}`;
  }

  /** `search` with its question mark; the view of the shots stays as it was without one. */
  go(screen: Screen, search?: string): void {
    if (screen === 'shots' && search !== undefined) {
      this.#shots_search = search;
      this.wanted = search;
    }
    const href = screen === 'shots' ? this.hrefOf(screen) : `/${screen}${search ?? ''}`;
    if (href !== location.pathname + location.search) history.pushState(null, '', href);
    this.screen = screen;
  }

  /** The shots' filter and sort, which change without a step in the history. */
  setShotsSearch(search: string): void {
    this.#shots_search = search;
    if (this.screen === 'shots' && search !== location.search) {
      history.replaceState(null, '', `/${search}`);
    }
  }
}
