/** Of the container that everyone signs with. */
export const PASSWORD = 'bench';
