import { createApp } from 'vue';
import '@xterm/xterm/xterm.css';
import './styles/all.css';
import { preferredLanguage, setLanguage } from './core/i18n';
import { startBrand } from './core/brand';
import { startLive } from './core/live';
import { startRouter } from './core/router';
import { startTheme } from './core/theme';
import { App } from './app/App';
import { Shell } from './app/Shell';
import { startLeaving } from './app/leave';
import { startPalette } from './app/palette';
import { pages } from './app/pages';
import { startBasket } from './pages/tickets/basket';
import { isSignUpHost, SignUpApp, signUpPages } from './sign-up/SignUpApp';

startTheme();
startPalette();
await setLanguage(preferredLanguage(), false);
if (isSignUpHost(location.hostname)) {
  startRouter(signUpPages);
  createApp(SignUpApp).mount('#app');
} else {
  startRouter(pages);
  startLive();
  startBrand();
  startLeaving();
  startBasket();
  createApp(App, { shell: Shell }).mount('#app');
}
