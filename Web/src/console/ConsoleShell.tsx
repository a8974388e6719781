import { component, h } from '../core/jsx';
import { signOut } from '../core/session';
import { toastProblem } from '../core/toasts';
import { Frame } from '../app/Frame';
import { navigation } from './navigation';

/** The console's frame. */
export const ConsoleShell = component((_, slots) => () => <Frame areas={navigation} leave={() => void signOut().catch(toastProblem)}>{slots.default?.()}</Frame>);
