// A row's picture at a size at which one sees something: it opens over the small one when the pointer
// rests there, and the pointer then goes through ten frames of it. The drawer has the same for keys.
import { mount, unmount } from 'svelte';
import type { Media } from '../lib/types';
import Thumbnail from './Thumbnail.svelte';

const rest_ms = 200;

/** `open`: what a press on the picture does. */
export function preview(still: HTMLElement, media: Media, name: string, open: () => void): void {
  const timer = window.setTimeout(show, rest_ms);
  still.addEventListener('pointerleave', () => clearTimeout(timer), { once: true });

  function show(): void {
    if (!still.isConnected) return;
    const box = still.getBoundingClientRect();
    const place = document.createElement('div');
    place.className = 'preview';
    document.body.append(place);
    const film = mount(Thumbnail, { target: place, props: { media, name } });
    place.style.left = `${box.left}px`;
    place.style.top = `${Math.min(box.top, innerHeight - place.offsetHeight - 4)}px`;
    const controller = new AbortController();
    const close = (): void => {
      controller.abort();
      void unmount(film);
      place.remove();
    };
    const { signal } = controller;
    place.addEventListener('pointerleave', close, { signal });
    document.addEventListener('wheel', close, { signal, passive: true });
    document.addEventListener('keydown', close, { signal, capture: true });
    place.addEventListener(
      'click',
      () => {
        close();
        open();
      },
      { signal },
    );
  }
}
