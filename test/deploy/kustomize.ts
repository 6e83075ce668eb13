/**
 * Builds the kustomizations of deploy/kubernetes as `kubectl kustomize` does: the part of kustomize that they use, and an error for
 * anything else (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/).
 */

import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

// biome-ignore lint/suspicious/noExplicitAny: any object of the API
export type Json = any;

const CLUSTER_WIDE: readonly string[] = ['Namespace'];
/** Lists that a strategic merge patch merges by this field of their elements. Others are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  ...{ containers: 'name', volumes: 'name', env: 'name', volumeMounts: 'mountPath', ports: 'containerPort' },
};

const KNOWN: Readonly<Record<string, true>> = {
  ...{ apiVersion: true, kind: true, namespace: true, resources: true, components: true, patches: true },
  ...{ images: true, generatorOptions: true, configMapGenerator: true, secretGenerator: true },
};

/** The objects of a kustomization, as they would be applied. */
export function build(folder: string): Json[] {
  return accumulated(folder, 'Kustomization', []);
}

/** `below`: the objects of the kustomization that a component changes. */
function accumulated(folder: string, kind: 'Kustomization' | 'Component', below: Json[]): Json[] {
  const file = join(folder, 'kustomization.yaml');
  const own = parse(readFileSync(file, 'utf8'));
  only(own, KNOWN, file);
  const version = kind === 'Component' ? 'v1alpha1' : 'v1beta1';
  equal(own.apiVersion, `kustomize.config.k8s.io/${version}`, file);
  equal(own.kind, kind, file);
  let objects = [...below];
  for (const name of own.resources ?? []) objects = added(objects, resource(join(folder, name)), file);
  for (const name of own.components ?? []) objects = accumulated(join(folder, name), 'Component', objects);
  objects = added(objects, generated(folder, own, file), file);
  for (const patch of own.patches ?? []) apply(objects, patch, folder, file);
  if (own.namespace !== undefined) {
    for (const object of objects) if (!CLUSTER_WIDE.includes(object.kind)) object.metadata.namespace = own.namespace;
  }
  for (const image of own.images ?? []) setImage(objects, image, file);
  return objects;
}

function resource(path: string): Json[] {
  if (statSync(path).isDirectory()) return build(path);
  return documents(readFileSync(path, 'utf8'), path);
}

function documents(text: string, path: string): Json[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0 || document.warnings.length > 0) throw new Error(`${path}: ${document.errors[0]}`);
    return document.toJS();
  });
}

const idOf = ({ apiVersion, kind, metadata }: Json) => `${apiVersion} ${kind} ${metadata?.name}`;

function added(objects: readonly Json[], more: readonly Json[], file: string): Json[] {
  const all = [...objects, ...more];
  const ids = all.map(idOf);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`${file}: ${twice} is there twice`);
  return all;
}

function generated(folder: string, own: Json, file: string): Json[] {
  const generators = [...(own.configMapGenerator ?? []), ...(own.secretGenerator ?? [])];
  if (generators.length === 0) return [];
  // With suffixes, names in objects that kustomize does not know would be wrong.
  only(own.generatorOptions, { disableNameSuffixHash: true }, file);
  equal(own.generatorOptions.disableNameSuffixHash, true, file);
  const maps = (own.configMapGenerator ?? []).map((one: Json) => {
    const data = Object.fromEntries(entries(folder, one, file));
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: one.name }, data };
  });
  const secrets = (own.secretGenerator ?? []).map((one: Json) => {
    const data = entries(folder, one, file).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
    return {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name: one.name } },
      data: Object.fromEntries(data),
    };
  });
  return [...maps, ...secrets];
}

function entries(folder: string, generator: Json, file: string): [string, string][] {
  only(generator, { name: true, literals: true, files: true, envs: true }, file);
  const split = (text: string): [string, string] => [
    text.slice(0, text.indexOf('=')),
    text.slice(text.indexOf('=') + 1),
  ];
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  return [
    ...(generator.literals ?? []).map(split),
    ...(generator.files ?? []).map((one: string) => {
      const [name, path] = one.includes('=') ? split(one) : [basename(one), one];
      if (path.includes('..')) throw new Error(`${file}: ${path} is not below the kustomization`);
      return [name, read(path)] as const;
    }),
    ...(generator.envs ?? []).flatMap((path: string) => read(path).split('\n').filter(Boolean).map(split)),
  ];
}

function apply(objects: Json[], given: Json, folder: string, file: string): void {
  only(given, { path: true, patch: true, target: true }, file);
  const text = given.path === undefined ? given.patch : readFileSync(join(folder, given.path), 'utf8');
  const [patch, more] = documents(text, file);
  if (more !== undefined) throw new Error(`${file}: a patch is one document: older versions of kustomize read no more`);
  if (Array.isArray(patch)) {
    only(given.target, { kind: true, name: true }, file);
    const targets = objects.filter(
      ({ kind, metadata }) => kind === given.target.kind && metadata.name === given.target.name,
    );
    if (targets.length === 0) throw new Error(`${file}: a patch has no target ${JSON.stringify(given.target)}`);
    for (const target of targets) for (const one of patch) operate(target, one, file);
    return;
  }
  const target = objects.find((one) => idOf(one) === idOf(patch));
  if (!target) throw new Error(`${file}: a patch has no target ${idOf(patch)}`);
  merge(target, patch);
}

/** RFC 6902. */
function operate(target: Json, { op, path, value, ...rest }: Json, file: string): void {
  if (Object.keys(rest).length > 0) throw new Error(`${file}: ${Object.keys(rest)} in an operation`);
  const keys = path.split('/').slice(1);
  const last = keys.pop();
  const parent = keys.reduce((at: Json, key: string) => at?.[key], target);
  if (parent === undefined) throw new Error(`${file}: ${path} is not there`);
  const exists = last in parent;
  if (op === 'add' && Array.isArray(parent) && last === '-') parent.push(structuredClone(value));
  else if (op === 'add' && !Array.isArray(parent)) parent[last] = structuredClone(value);
  else if (!exists) throw new Error(`${file}: ${op} ${path}: it is not there`);
  else if (op === 'replace') parent[last] = structuredClone(value);
  else if (op === 'remove') delete parent[last];
  else if (op === 'test') equal(parent[last], value, `${file} ${path}`);
  else throw new Error(`${file}: the operation ${op} is not built here`);
}

/** A strategic merge patch. */
function merge(target: Json, patch: Json): void {
  for (const [key, value] of Object.entries<Json>(patch)) {
    const mergeKey = MERGE_KEYS[key];
    if (value === null || key.startsWith('$')) throw new Error(`${key}: directives of patches are not built here`);
    if (Array.isArray(value) && mergeKey !== undefined) {
      target[key] ??= [];
      for (const one of value) {
        const known = target[key].find((other: Json) => other[mergeKey] === one[mergeKey]);
        if (known) merge(known, one);
        else target[key].push(structuredClone(one));
      }
    } else if (typeof value === 'object' && !Array.isArray(value)) merge((target[key] ??= {}), value);
    else target[key] = structuredClone(value);
  }
}

function setImage(objects: Json[], image: Json, file: string): void {
  only(image, { name: true, newName: true, newTag: true }, file);
  for (const { spec } of objects) {
    for (const container of spec?.template?.spec?.containers ?? []) {
      const [name, tag] = container.image.split(':');
      if (name !== image.name) continue;
      container.image = `${image.newName ?? name}:${image.newTag ?? tag}`;
    }
  }
}

function only(object: Json, known: Readonly<Record<string, unknown>>, file: string): void {
  const other = Object.keys(object ?? {}).find((key) => !(key in known));
  if (object === undefined || other !== undefined) throw new Error(`${file}: ${other ?? 'a part'} is not built here`);
}

function equal(value: unknown, wanted: unknown, place: string): void {
  if (value !== wanted) throw new Error(`${place}: ${value} in place of ${wanted}`);
}
