import type { BrowserForm } from '../../gateway/service.ts';
import { checkKey } from './operation.ts';
import { S3Error } from './s3-error.ts';

/** The key a form writes to, with `${filename}` filled in. Throws `InvalidArgument` where it names none. */
export function formKey(form: BrowserForm): string {
  const template = form.fields.get('key');
  if (template === undefined || template === '') {
    throw new S3Error('InvalidArgument', {
      message:
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
    });
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable of S3's forms is written so
  const key = template.replaceAll('${filename}', form.fileName);
  checkKey(key);
  return key;
}

/** Form fields stand for the headers of a PutObject. */
export function formHeaders(form: BrowserForm): Record<string, string> {
  if (form.fields.has('tagging')) throw new S3Error('NotImplemented', { fields: { Header: 'tagging' } });
  return Object.fromEntries(form.fields);
}
