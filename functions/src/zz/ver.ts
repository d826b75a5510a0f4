import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { Lab, UID } from '../runtime/testing/lab.ts';
import { answerRun } from '../http/commands.ts';
const dir = process.argv[2]!;
const req = createRequire(dir + '/package.json');
const version = (await import(pathToFileURL(dir + '/node_modules/@langchain/langgraph/package.json').href, { with: { type: 'json' } })).default.version;
const lg: any = req('@langchain/langgraph');
const { Annotation, START, END, StateGraph, interrupt, Send, Command, entrypoint, task, MemorySaver, MessagesAnnotation } = lg;
const fake: any = req('@langchain/core/utils/testing');
const State = Annotation.Root({ said: Annotation({ reducer: (a: any, b: any) => a.concat(b), default: () => [] }) });
const say = (w: string) => () => ({ said: [w] });
const lab = (graph: any, more: any = {}) => { const l = new Lab({ graph, version, ...more } as any); return l; };
async function ans(l: Lab, run: any, v: any) { const all = Object.fromEntries(run.interrupts.map((q: any) => [q.id, typeof v === 'function' ? v(q) : v])); await answerRun(l as any, UID, run.run_id, all); return l.work(run); }
const results: string[] = [];
async function t(name: string, f: () => Promise<any>) { try { const r = await f(); results.push(r === true ? `ok ${name}` : `BAD ${name}: ${JSON.stringify(r)?.slice(0, 400)}`); } catch (e: any) { results.push(`THROW ${name}: ${String(e?.stack ?? e).slice(0, 400)}`); } }
for (const ms of [0, 1, 20, 200]) await t(`ask ${ms}`, async () => {
  const g = new StateGraph(State).addNode('ask', async () => { await wait(ms); const a = interrupt({ q: 1 }); await wait(ms); const b = interrupt({ q: 2 }); return { said: [a, b] }; }).addNode('z', say('z')).addEdge(START, 'ask').addEdge('ask', 'z').addEdge('z', END).compile();
  const l = lab(g); const one = await l.work(await l.create());
  if (one.interrupts.length !== 1 || (one.interrupts[0] as any).value.q !== 1) return { one: one.interrupts, e: one.error };
  const two = await ans(l, one, 'a'); if ((two.interrupts[0] as any)?.value.q !== 2) return { two: two.interrupts, e: two.error, s: two.status };
  if (two.interrupts[0]!.id === one.interrupts[0]!.id) return 'same id';
  const e = await ans(l, two, 'b'); return JSON.stringify(e.output) === '{"said":["a","b","z"]}' || { out: e.output, err: e.error };
});
await t('parallel', async () => {
  const g = new StateGraph(State).addNode('l', async () => { await wait(5); return { said: [interrupt('l')] }; }).addNode('r', async () => { await wait(20); return { said: [interrupt('r')] }; }).addNode('j', say('j')).addEdge(START, 'l').addEdge(START, 'r').addEdge(['l', 'r'], 'j').addEdge('j', END).compile();
  const l = lab(g); const one = await l.work(await l.create()); if (one.interrupts.length !== 2) return one.interrupts;
  const e = await ans(l, one, (q: any) => 'A' + q.value); return JSON.stringify(e.output) === '{"said":["Al","Ar","j"]}' || { out: e.output, err: e.error, i: e.interrupts };
});
await t('sends', async () => {
  const g = new StateGraph(State).addNode('p', say('p')).addNode('w', async ({ i }: any) => { await wait(i * 5); return { said: [`w${i}`] }; }).addNode('j', say('j')).addEdge(START, 'p').addConditionalEdges('p', () => [0, 1, 2].map((i) => new Send('w', { i })), ['w']).addEdge('w', 'j').addEdge('j', END).compile();
  const l = lab(g); const e = await l.work(await l.create()); const ev = await l.events(e); const fin = ev.filter((x) => x.type === 'node.finished').map((x: any) => x.node).join();
  return (JSON.stringify(e.output) === '{"said":["p","w0","w1","w2","j"]}' && fin === 'p,w,w,w,j') || { out: e.output, err: e.error, fin };
});
await t('sends with a question after', async () => {
  const g = new StateGraph(State).addNode('p', say('p')).addNode('w', async ({ i }: any) => { if (i === 1) return { said: [interrupt('w?')] }; return { said: [`w${i}`] }; }).addNode('j', say('j')).addEdge(START, 'p').addConditionalEdges('p', () => [0, 1, 2].map((i) => new Send('w', { i })), ['w']).addEdge('w', 'j').addEdge('j', END).compile();
  const l = lab(g); const one = await l.work(await l.create()); const e = await ans(l, one, 'W'); const fin = (await l.events(e)).filter((x) => x.type === 'node.finished').map((x: any) => x.node).join();
  return (JSON.stringify(e.output) === '{"said":["p","w0","W","w2","j"]}' && fin === 'p,w,w,w,j') || { out: e.output, err: e.error, fin, one: one.interrupts };
});
await t('subgraph', async () => {
  const inner = new StateGraph(State).addNode('x', say('x')).addNode('y', async () => { await wait(10); return { said: [interrupt('y?')] }; }).addEdge(START, 'x').addEdge('x', 'y').addEdge('y', END).compile();
  const g = new StateGraph(State).addNode('a', say('a')).addNode('in', inner).addNode('z', say('z')).addEdge(START, 'a').addEdge('a', 'in').addEdge('in', 'z').addEdge('z', END).compile();
  const l = lab(g); const one = await l.work(await l.create()); if (one.interrupts.length !== 1) return { i: one.interrupts, e: one.error };
  const e = await ans(l, one, 'Y'); const fin = (await l.events(e)).filter((x) => x.type === 'node.finished').map((x: any) => x.node).join();
  return (JSON.stringify((e.output as any)?.said?.slice(-3)) === '["x","Y","z"]' && fin === 'a,x,y,in,z') || { out: e.output, err: e.error, fin };
});
await t('gates', async () => {
  const g = new StateGraph(State).addNode('a', say('a')).addNode('b', say('b')).addNode('c', say('c')).addEdge(START, 'a').addEdge('a', 'b').addEdge('b', 'c').addEdge('c', END).compile({ interruptBefore: ['b', 'c'] });
  const l = lab(g); const one = await l.work(await l.create()); const two = await ans(l, one, true); const e = await ans(l, two, true);
  return (JSON.stringify(e.output) === '{"said":["a","b","c"]}' && one.interrupts[0]!.id !== two.interrupts[0]!.id) || { one: one.interrupts, two: two.interrupts, out: e.output, err: e.error };
});
await t('parent command', async () => {
  const inner = new StateGraph(State).addNode('d', () => new Command({ graph: Command.PARENT, goto: 's', update: { said: ['d'] } })).addEdge(START, 'd').compile();
  const g = new StateGraph(State).addNode('in', inner, { ends: ['s'] }).addNode('s', say('s')).addEdge(START, 'in').addEdge('s', END).compile();
  const l = lab(g); const e = await l.work(await l.create()); const ev = await l.events(e);
  return (JSON.stringify(e.output) === '{"said":["d","s"]}' && !ev.some((x) => x.type === 'node.failed')) || { out: e.output, err: e.error, ev: ev.map((x: any) => x.type + ':' + x.node) };
});
await t('functional', async () => {
  const made: number[] = []; const charge = task('charge', async (n: number) => { made.push(n); return n * 2; });
  const g = entrypoint({ name: 'c', checkpointer: new MemorySaver() }, async () => { const parts = await Promise.all([1, 2, 3].map((n) => charge(n))); return { parts, ok: interrupt('Go?') }; });
  const l = lab(g); const one = await l.work(await l.create({ input: 'x' })); const e = await ans(l, one, 'yes');
  return (JSON.stringify(e.output) === '{"parts":[2,4,6],"ok":"yes"}' && made.join() === '1,2,3') || { out: e.output, err: e.error, made, one: one.interrupts };
});
await t('chat', async () => {
  const model = new fake.FakeListChatModel({ responses: ['hello there friend'] });
  const g = new StateGraph(MessagesAnnotation).addNode('m', async (s: any) => ({ messages: [await model.invoke(s.messages)] })).addEdge(START, 'm').addEdge('m', END).compile();
  const l = lab(g); const e = await l.work(await l.create({ input: { messages: [{ role: 'user', content: 'hi' }] } })); const ev = await l.events(e);
  const delta = ev.filter((x) => x.type === 'message.delta').map((x: any) => x.text).join('');
  return (e.messages.length === 1 && (e.messages[0] as any).content === 'hello there friend' && delta === 'hello there friend' && (e.output as any).messages.length === 2) || { m: e.messages, delta, out: e.output, err: e.error };
});
await t('drain', async () => {
  let n = 0; const g = new StateGraph(State).addNode('s', async () => { n += 1; await wait(30); return { said: [`${n}`] }; }).addEdge(START, 's').addConditionalEdges('s', (s: any) => (s.said.length >= 6 ? END : 's')).compile();
  const l = lab(g, { deadlineMs: 80, graceMs: 2000 }); const e = await l.work(await l.create()); const ev = await l.events(e); const drained = ev.filter((x) => x.type === 'attempt.ended' && x.reason === 'drained').length;
  return (e.status === 'completed' && (e.output as any).said.length === 6 && drained > 0) || { s: e.status, out: e.output, err: e.error, drained, n };
});
await t('error', async () => {
  const g = new StateGraph(State).addNode('ok', say('ok')).addNode('bad', async () => { await wait(5); throw new Error('boom'); }).addEdge(START, 'ok').addEdge('ok', 'bad').compile();
  const l = lab(g); const e = await l.work(await l.create()); const ev = await l.events(e); const f = ev.filter((x) => x.type === 'node.failed').length;
  return (e.status === 'failed' && e.error?.message === 'boom' && f === 1) || { s: e.status, err: e.error, f };
});
console.log(version + '\n  ' + results.filter((r) => !r.startsWith('ok')).join('\n  ') + `\n  ${results.filter((r) => r.startsWith('ok')).length}/${results.length}`);
process.exit(0);
