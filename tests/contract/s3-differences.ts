/**
 * Cases in which a third-party server is known not to do what AWS documents, with what it does instead. They are
 * skipped for that server alone, with the reason in the report; ours has no entry here, and may have none.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Versity S3 Gateway on a POSIX folder, seen with v1.
  versitygw: {
    'fills in the file name and answers with the status it asks for': 'does not fill the file name in',
    'with a tampered policy, a wrong signature or an unknown key is refused': 'answers XAdminUserNotFound, 404',
    'that is cut short, has no file or no end of fields is refused': 'answers 500',
    'actual requests carry the headers, refused ones too': 'refused requests carry no CORS headers',
    'with an unknown key is refused': 'answers XAdminUserNotFound, 404',
    'may go unsigned with a checksum behind it': 'keeps aws-chunked as content encoding',
    'a client that leaves in the middle of an upload leaves nothing behind': 'keeps what had arrived',
    'refuses copied ranges outside the source, and sources that changed': 'ignores conditions on the source of a part',
    'holds its list of parts to what was uploaded': 'looks at sizes before entity tags',
    'that climb and stay inside their bucket are kept': 'a POSIX folder normalises them away',
    'never climb above their bucket': 'answers 400 without a code',
    'on reading': 'judges dates where an entity tag has decided',
    'attributes tell size and checksum': 'does not know the attribute Checksum',
    'obey their conditions': 'answers 304 where a copy fails its condition',
    'encrypt by default as they are told to': 'has no encryption',
    'hide behind a delete marker until it is removed': 'does not name the marker of a missing key',
    'count as absent for If-None-Match: * once deleted': 'counts the marker as an object',
    'are listed newest first, markers among them, page by page': 'repeats the first page',
    'by default of the bucket locks what is written, and shows it': 'does not show the default retention',
    'refuses locks that are half said, past, or in a bucket without it': 'answers 400 where AWS says 409',
  },
};
