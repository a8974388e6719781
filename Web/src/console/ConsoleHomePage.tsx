import { component, h } from '../core/jsx';
import { navigate } from '../core/router';
import { Skeleton } from '../ui/bits';
import { navigation } from './navigation';

/** The console begins with the first page that is for this person. */
export const ConsoleHomePage = component(() => {
  void navigate(navigation()[0]?.pages[0]?.path ?? '/profile', { replace: true });
  return () => <Skeleton />;
});
