/**
 * Objects of the Kubernetes API against its types, offline: by the JSON Schemas of kubernetes-models (types, ranges, what is required),
 * and by its TypeScript types (names of fields, which the schemas leave open as the API server does without strict validation).
 */

import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as rbac from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import * as core from 'kubernetes-models/v1';
import ts from 'typescript';
import type { Json } from './kustomize.js';

interface Group {
  readonly module: string;
  readonly kinds: Readonly<Record<string, unknown>>;
}

const GROUPS: Readonly<Record<string, Group>> = {
  v1: { module: 'kubernetes-models/v1', kinds: core },
  'apps/v1': { module: 'kubernetes-models/apps/v1', kinds: apps },
  'networking.k8s.io/v1': { module: 'kubernetes-models/networking.k8s.io/v1', kinds: networking },
  'policy/v1': { module: 'kubernetes-models/policy/v1', kinds: policy },
  'rbac.authorization.k8s.io/v1': { module: 'kubernetes-models/rbac.authorization.k8s.io/v1', kinds: rbac },
  'keda.sh/v1alpha1': { module: '@kubernetes-models/keda/keda.sh/v1alpha1', kinds: keda },
};

type ModelClass = new (data: Json) => { validate(): void };

/** What is wrong with an object by the schema of its kind; undefined: nothing. */
export function mistakeIn({ apiVersion, kind, ...data }: Json): string | undefined {
  const Model = GROUPS[apiVersion]?.kinds[kind] as ModelClass | undefined;
  if (!Model) return `${apiVersion} ${kind} is no kind that is known here`;
  try {
    new Model(data).validate();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Of each object, in order, what the compiler says: '' is nothing. In one run, since reading the types takes seconds. */
export function typeMistakes(objects: readonly Json[]): string[] {
  const lines = objects.map(({ apiVersion, kind, ...data }, at) => {
    const type = `import(${JSON.stringify(GROUPS[apiVersion]?.module)}).I${kind}`;
    // The type of a list of strings in an object literal is narrow only where it is expected.
    return `export const o${at}: ${type} = ${JSON.stringify({ apiVersion, kind, ...data })};`;
  });
  const name = new URL('../../../test/deploy/objects-of-manifests.ts', import.meta.url).pathname;
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
    ...{
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    },
  };
  const host = ts.createCompilerHost(options);
  const source = ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (file, ...rest) => (file === name ? source : getSourceFile.call(host, file, ...rest));
  host.fileExists = (file) => file === name || fileExists.call(host, file);
  const program = ts.createProgram([name], options, host);
  const found = lines.map(() => '');
  for (const { file, start, messageText } of [
    ...program.getSyntacticDiagnostics(),
    ...program.getSemanticDiagnostics(),
  ]) {
    const text = ts.flattenDiagnosticMessageText(messageText, ' ');
    if (file !== undefined && file.fileName !== name) throw new Error(`${file.fileName}: ${text}`);
    const at = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
    found[at] += text;
  }
  return found;
}
