import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { RuleListPage } from '../../rules/RuleList';

/** The provider's rules, asked when none of a company's fits. */
export const ConsoleRulesPage = component(() => () => <RuleListPage mayChange ofCompany={false} lead={t('rules.lead.provider')} />);
