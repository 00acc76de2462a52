import { describe, expect, it } from 'vitest';
import { createProgram, type LocalOptions } from '../../../local/options.ts';

async function parse(...args: readonly string[]): Promise<LocalOptions> {
  const asked: LocalOptions[] = [];
  const program = createProgram(async (options) => {
    asked.push(options);
  });
  program.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync([...args], { from: 'user' });
  const [options] = asked;
  if (options === undefined) throw new Error('nothing was run');
  return options;
}

describe('npm start', () => {
  it('has defaults for everything', async () => {
    expect(await parse()).toEqual({
      port: 8080,
      host: '127.0.0.1',
      data: '.scim-stack',
      tenants: ['demo'],
      json: false,
      events: false,
      fresh: false,
    });
  });

  it('reads its options', async () => {
    const args = [
      '--port',
      '0',
      '--tenants',
      'acme, globex,acme',
      '--dynamodb',
      'http://127.0.0.1:8000',
      '--json',
      '--events',
      '--fresh',
    ];
    expect(await parse(...args)).toMatchObject({
      port: 0,
      tenants: ['acme', 'globex'],
      dynamodb: 'http://127.0.0.1:8000/',
      json: true,
      events: true,
      fresh: true,
    });
  });

  it.each([
    ['--port', 'x'],
    ['--port', '65536'],
    ['--port', '-1'],
    ['--tenants', ''],
    ['--tenants', 'Demo'],
    ['--tenants', 'a,,b'],
    ['--tenants', 'a_b'],
    ['--dynamodb', 'localhost'],
    ['--unknown'],
    ['surplus'],
  ])('refuses %j %j', async (...args) => {
    await expect(parse(...args)).rejects.toThrow();
  });

  it('explains itself', () => {
    let help = '';
    createProgram(async () => undefined)
      .configureOutput({ writeOut: (text) => (help += text) })
      .outputHelp();
    for (const word of ['Tenant URL', 'secret token', '--dynamodb', '--fresh', 'Examples:', 'Ctrl-C']) {
      expect(help).toContain(word);
    }
  });
});
