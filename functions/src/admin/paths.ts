/** What only operators know of, in Firestore: no rule lets any user read below `admin`. */
const STATE = 'admin/state';

export const AUDIT = `${STATE}/audit`;
export const OPERATIONS = `${STATE}/operations`;
/** One document for each action that is going on: of each there is one at a time. */
export const LOCKS = `${STATE}/locks`;
/** Exists once there was an administrator: from then on nobody can make themselves one. */
export const FIRST_ADMIN = `${STATE}/claims/first`;
