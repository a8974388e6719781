import { component, h } from '../../core/jsx';
import { bringBack, readReturn } from '../../core/face';
import { t } from '../../core/i18n';
import { route } from '../../core/router';
import { Link } from '../../ui/Link';
import { SignInFrame } from './SignInFrame';

/**
 * `/face#…`: where the company's camera page leads back to. What it brings goes to the page that waits for it in this browser, and to no
 * other one: whoever was sent to the camera by somebody else comes back here, and not to them.
 */
export const FacePage = component(() => {
  const back = readReturn(route.hash);
  history.replaceState(history.state, '', '/face');
  if (back) {
    bringBack(back);
    window.close();
  }
  return () => (
    <SignInFrame title={t('face.title')}>
      <p class="lead" role="status">{t(!back ? 'face.nothing' : back.code ? 'face.passed' : 'face.failed')}</p>
      {back ? <p>{t('face.go-back')}</p> : <Link class="button primary" to="/sign-in">{t('sign-in.title')}</Link>}
    </SignInFrame>
  );
});
