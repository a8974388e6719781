import { h, view } from '../../core/jsx';
import type { IdentityProvider, ProviderSettings } from '../../api/types';
import { CasForm } from './CasForm';
import { MessengerForm } from './MessengerForm';
import { OAuth2Form } from './OAuth2Form';
import { OidcForm } from './OidcForm';
import { ProviderForm } from './ProviderForm';
import { SamlForm } from './SamlForm';

/** The form of a provider's kind. */
export const ProviderEditor = view<{ kind: ProviderSettings['kind']; provider: IdentityProvider | null; onClose: () => void }>((props) => (
  props.kind === 'oidc' ? <OidcForm provider={props.provider} onClose={props.onClose} />
    : props.kind === 'saml' ? <SamlForm provider={props.provider} onClose={props.onClose} />
      : props.kind === 'cas' ? <CasForm provider={props.provider} onClose={props.onClose} />
        : props.kind === 'oauth2' ? <OAuth2Form provider={props.provider} onClose={props.onClose} />
          : props.kind === 'messenger' ? <MessengerForm provider={props.provider} onClose={props.onClose} />
            : <ProviderForm provider={props.provider} kind={props.kind} onClose={props.onClose} />
));
