import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { chooseLanguage, preferredLanguage } from './lib/i18n';

await chooseLanguage(preferredLanguage()).catch(() => undefined); // English is always there
// Without a network the page opens from what this keeps; only secure addresses may have one.
interface Policies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): {
    createScriptURL(url: string): string;
  };
}
if ('serviceWorker' in navigator && !import.meta.env.DEV) {
  const { trustedTypes } = window as unknown as { trustedTypes?: Policies };
  const policy = trustedTypes?.createPolicy('worker', { createScriptURL: (url) => url });
  const script = policy?.createScriptURL('/sw.js') ?? '/sw.js';
  navigator.serviceWorker.register(script).catch(() => undefined);
}

mount(App, { target: document.getElementById('app')! });
