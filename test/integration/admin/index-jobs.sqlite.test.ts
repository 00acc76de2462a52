import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../directory/check-invariants.ts';
import { deleteResource } from '../../../directory/delete-resource.ts';
import { PHASE_MILLIS } from '../../../directory/operator/indexes.ts';
import { SqliteItemTable } from '../../../directory/store/sqlite-item-table.ts';
import { createAdversarialTable } from '../../helpers/adversarial-table.ts';
import { IndexScene, namesWithCode } from '../../helpers/index-scene.ts';

/** More calls than any step of a job makes. */
const MANY_CALLS = 100;

interface Job {
  readonly name: string;
  /** Brings the scene to where the step that is interrupted comes next. */
  readonly prepare: (scene: IndexScene) => Promise<void>;
  readonly step: 'build' | 'drop';
}

const JOBS: readonly Job[] = [
  { name: 'the beginning of an index', prepare: async () => undefined, step: 'build' },
  {
    name: 'the filling of an index',
    prepare: async (scene) => {
      await scene.build();
      scene.admin.time += PHASE_MILLIS;
    },
    step: 'build',
  },
  {
    name: 'the beginning of a removal',
    prepare: async (scene) => {
      await scene.toTheEnd(() => scene.build());
    },
    step: 'drop',
  },
  {
    name: 'the erasure of entries',
    prepare: async (scene) => {
      await scene.toTheEnd(() => scene.build());
      for (let phase = 0; phase < 2; phase++) {
        await scene.drop();
        scene.admin.time += PHASE_MILLIS;
      }
    },
    step: 'drop',
  },
];

describe.each(JOBS)('$name, interrupted at any call', ({ prepare, step }) => {
  async function createScene() {
    const table = new SqliteItemTable(':memory:');
    const scene = await IndexScene.create(table);
    const old = await scene.process();
    for (let n = 0; n < 4; n++) await old.create(`user-${n}`, `K-${n % 2}`);
    const gone = await old.create('gone', 'K-0');
    await deleteResource(old.request(), 'User', gone, { ifMatch: undefined });
    await prepare(scene);
    return { table, scene };
  }

  async function expectEnd(table: SqliteItemTable, scene: IndexScene): Promise<void> {
    await scene.toTheEnd(async () => {
      const answer = await (step === 'build' ? scene.build() : scene.drop());
      // The call that died may have been the last that there was to make.
      return step === 'drop' && answer.status === 404 ? { status: 200, body: { done: true } } : answer;
    });
    expect(await checkInvariants(table)).toEqual([]);
    expect(await scene.entries()).toEqual(step === 'build' ? [4, 1] : [0, 0]);
    expect((await (await scene.process()).find('K-1')).names).toEqual(await namesWithCode(table, 'K-1'));
  }

  it.each(['death', 'conflict', 'unavailable', 'timeoutBefore', 'timeoutAfter'] as const)(
    'comes to its end when a call meets %s',
    async (fault) => {
      for (let at = 1; at < MANY_CALLS; at++) {
        const { table, scene } = await createScene();
        const faulty = createAdversarialTable(table, { kind: 'fault', at, fault });
        const admin = IndexScene.adminOver(faulty);
        admin.time = scene.admin.time;
        const { status } = await (step === 'build' ? scene.build(admin) : scene.drop(admin));
        const isMet = faulty.calls >= at;
        expect(status).toBe(isMet && fault === 'death' ? 500 : 200);
        await expectEnd(table, scene);
        table.close();
        if (!isMet) return;
      }
      throw new Error(`the step makes more than ${MANY_CALLS} calls`);
    },
  );
});
