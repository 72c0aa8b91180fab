import { expect, test } from 'vitest';
import { placeholders, STAGE_NAMES, stageSettings } from '../../infra/stages.ts';

test('an unknown stage is refused by name, with the stages there are', () => {
  expect(() => stageSettings('prod')).toThrow('Unknown stage "prod": use one of dev, staging, production.');
});

test('settings with .example names are told apart from those that may be deployed', () => {
  const dev = stageSettings('dev');
  expect(placeholders(dev)).toContain('domain = dev.ba-khong.example');
  const filledIn = {
    ...dev,
    domain: 'motcua.thanhhoa.gov.vn',
    mail: { sender: 'khong-tra-loi@thanhhoa.gov.vn', alarms: undefined },
    signIn: { ...dev.signIn, issuer: 'https://dangnhap.gov.vn' },
  };
  expect(placeholders(filledIn)).toEqual([]);
});

test.each(STAGE_NAMES)('%s: only dev lets a page on somebody’s own machine in', (name) => {
  const { callbackUrls, logoutUrls, uploadOrigins } = stageSettings(name);
  const local = [...callbackUrls, ...logoutUrls, ...uploadOrigins].filter((url) => !url.startsWith('https://'));
  expect(local.length > 0).toBe(name === 'dev');
});
