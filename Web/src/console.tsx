import { createApp } from 'vue';
import './styles/all.css';
import { preferredLanguage, setLanguage } from './core/i18n';
import { startRouter } from './core/router';
import { startTheme } from './core/theme';
import { App } from './app/App';
import { ConsoleShell } from './console/ConsoleShell';
import { pages } from './console/pages';

startTheme();
await setLanguage(preferredLanguage(), false);
startRouter(pages);
createApp(App, { shell: ConsoleShell }).mount('#app');
