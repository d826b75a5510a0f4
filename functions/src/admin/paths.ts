/** What only operators know of, in Firestore: no rule lets any user read below `admin`. */
const STATE = 'admin/state';

export const AUDIT = `${STATE}/audit`;
export const OPERATIONS = `${STATE}/operations`;
/** One document for each action that is going on: of each there is one at a time. */
export const LOCKS = `${STATE}/locks`;
/** What administrators changed of the limits: of all, and of one user. */
export const INSTALLATION_LIMITS = `${STATE}/limits/installation`;
export const USER_LIMITS = `${STATE}/user_limits`;
export const userLimitsPath = (uid: string) => `${USER_LIMITS}/${uid}`;
/** Written by whoever creates a run while the installation is nearly full: of them one at a time comes through. */
export const GATE = `${STATE}/gates/runs`;
/** Exists once there was an administrator: from then on nobody can make themselves one. */
export const FIRST_ADMIN = `${STATE}/claims/first`;
