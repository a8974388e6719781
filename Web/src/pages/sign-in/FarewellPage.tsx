import { onMounted } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { SignInFrame } from './SignInFrame';
import { takeFarewell } from './away';

/** Posts to a provider that somebody has signed out; whoever comes here otherwise is led to the sign-in. */
export const FarewellPage = component(() => {
  onMounted(() => {
    const farewell = takeFarewell();
    // A page anew: from this one forms may leave, and from no other.
    if (!farewell || !/^https?:$/.test(new URL(farewell.url).protocol)) return location.replace('/sign-in');
    const form = document.createElement('form');
    form.method = 'post';
    form.action = farewell.url;
    for (const { name, value } of farewell.fields) {
      const input = document.createElement('input');
      Object.assign(input, { type: 'hidden', name, value });
      form.append(input);
    }
    document.body.append(form);
    // The way back leads to the sign-in, not here again.
    history.replaceState(null, '', '/sign-in');
    form.submit();
  });
  return () => <SignInFrame title={t('sign-in.leaving')} />;
});
