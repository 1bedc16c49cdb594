import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { chooseLanguage, preferredLanguage } from './lib/i18n';

await chooseLanguage(preferredLanguage()).catch(() => undefined); // English is always there
mount(App, { target: document.getElementById('app')! });
