import { expect, test } from 'vitest';
import { deviceOf } from '../../src/settings/device';

test('browsers by the names that people know them by', () => {
  const mozilla = 'Mozilla/5.0';
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  const chrome = `${mozilla} (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36`;
  expect(deviceOf(chrome)).toBe('Chrome, Windows');
  expect(deviceOf(`${chrome} Edg/140.0.0.0`)).toBe('Edge, Windows');
  expect(deviceOf(`${mozilla} (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0`)).toBe('Firefox, Linux');
  expect(deviceOf(`${mozilla} (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Version/18.6 Mobile/15E148 Safari/604.1`)).toBe('Safari, iOS');
  expect(deviceOf(`${mozilla} (Linux; Android 15) ${webkit} Chrome/140.0.0.0 Mobile Safari/537.36`)).toBe('Chrome, Android');
  expect(deviceOf('curl/8.0')).toBe('');
});
