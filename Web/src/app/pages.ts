import type { Page } from '../core/router';
import { HomePage } from '../pages/HomePage';
import { InvitationPage, SignInPage } from '../pages/sign-in/SignInPage';

/** Every page of the portal. */
export const pages: Page[] = [
  { path: '/sign-in', title: 'sign-in.title', component: SignInPage, bare: true },
  { path: '/invitation', title: 'invitation.title', component: InvitationPage, bare: true },
  { path: '/', title: 'page.home', component: HomePage },
];
