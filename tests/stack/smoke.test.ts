import { expect, it } from 'vitest';
import { openDemoStack, notEmpty } from '../support/demo-stack.ts';
it('boots', async () => {
  const demo = await openDemoStack();
  expect(await notEmpty(demo)).toEqual({});
  await demo.close();
});
