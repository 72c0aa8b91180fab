/** Why a tool objects to a corpus file that we signed, by tool and part of the file's name; each was looked at. */
interface Explanation {
  readonly peer: string;
  readonly files: readonly string[];
  readonly why: string;
}

export const EXPLANATIONS: readonly Explanation[] = [
  {
    peer: 'pyHanko',
    files: [
      '180ef4ca84',
      '3de9c36563',
      '3fa07a7864',
      '539b326827',
      '55f6ab4730',
      '5ad09bb814',
      '85ca66fad1',
      '98872a2f4d',
      'e57eee5110',
    ],
    why: 'the original refers to an object that it does not have; pyHanko then cannot compare revisions, whoever adds one: after its own signature on the original it fails the same way',
  },
  {
    peer: 'pyHanko',
    files: ['0369796ee9'],
    why: 'a stream of the original has a wrong length; pyHanko meets it when it compares revisions, and cannot sign the file itself',
  },
];
