/** What the API sends; the portal reads no other fields. */
export type * from './common';
export type * from './sign-in';
export type * from './people';
export type * from './access';
export type * from './tickets';
export type * from './providers';
export type * from './messages';
export type * from './company';
