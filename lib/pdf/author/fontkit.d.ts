declare module 'fontkit' {
  import type { Fontkit } from 'pdf-lib';

  export const create: Fontkit['create'];
}
