/** Why a tool objects to a corpus file that we signed, by tool and part of the file's name. */
export const EXPLANATIONS: readonly { readonly peer: string; readonly file: string; readonly why: string }[] = [];
