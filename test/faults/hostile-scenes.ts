/** POV-Ray scenes that attack the machine on which they are rendered: a table of attacks in several forms each. */

import type { PovrayScene } from '../../src/work/povray/scene.js';

/** What a scene does where nothing stops it. */
export type Harm =
  /** It is rendered, or its error has the content of a file. */
  | 'reads'
  /** Its error has the marker. */
  | 'learns'
  /** A file of the machine changes, or comes to be. */
  | 'writes'
  /** It never ends, or takes all the memory. */
  | 'lasts';

export interface Attack {
  readonly name: string;
  readonly harm: Harm;
  /** The main scene. */
  readonly main: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly scene?: Partial<Pick<PovrayScene, 'options' | 'width' | 'height' | 'main'>>;
}

/** What lies outside, for scenes to find. Absolute paths. */
export interface Outside {
  /** A folder, with secret.inc, secret.txt, secret.png, secret.df3, secret.ttf. */
  readonly folder: string;
  /** The folder of the worker for scenes. */
  readonly scratch: string;
  /** A port of this machine where something listens. */
  readonly port: number;
  /** The marker of the harm `learns`. */
  readonly marker: string;
}

const RENDERED = 'camera { location -z*3 look_at 0 } sphere { 0, 1 pigment { rgb 1 } finish { ambient 1 } }\n';

export function attacks(outside: Outside): Attack[] {
  return [...reads(outside), ...learns(outside), ...writes(outside), ...settings(outside), ...lasting()];
}

function reads({ folder, scratch, port }: Outside): Attack[] {
  const up = `${'../'.repeat(12)}${folder.slice(1)}`;
  const texts = [
    `${folder}/secret.txt`,
    `${up}/secret.txt`,
    `//${folder}/secret.txt`,
    `/proc/self/root${folder}/secret.txt`,
    `/proc/1/root${folder}/secret.txt`,
    `/proc/self/cwd/${up}/secret.txt`,
    `file://${folder}/secret.txt`,
    '/proc/self/environ',
    '/proc/1/environ',
    '/proc/self/cmdline',
    '/proc/self/maps',
    '/proc/mounts',
    '/etc/passwd',
    '/etc/hostname',
    '/etc/resolv.conf',
    '/dev/urandom',
    '/dev/zero',
    '/dev/stdin',
    '/dev/fd/0',
    '/sys/class/net/lo/address',
    `${scratch}/settings/povray.ini`,
    `${scratch}/files`,
    `http://127.0.0.1:${port}/secret.txt`,
    `\\\\\\\\127.0.0.1\\\\secret.txt`,
    `/dev/tcp/127.0.0.1/${port}`,
    `|cat ${folder}/secret.txt`,
    `$(cat ${folder}/secret.txt)`,
  ];
  const reading = texts.map((path) => ({
    name: `#fopen ${path} read`,
    harm: 'reads' as const,
    main: `#fopen F "${path}" read\n#read(F, S)\n#error concat("LEAK ", S)\n`,
  }));
  const including = [`${folder}/secret.inc`, `${up}/secret.inc`, `/proc/self/root${folder}/secret.inc`].map((path) => ({
    name: `#include ${path}`,
    harm: 'reads' as const,
    main: `#include "${path}"\n#error concat("LEAK ", Leak)\n`,
  }));
  const passwords = ['/etc/passwd', '/etc/shadow', '/proc/self/environ'].map((path) => ({
    name: `#include ${path}, for its words in the error`,
    harm: 'reads' as const,
    main: `#include "${path}"\n${RENDERED}`,
  }));
  const within: readonly (readonly [string, (path: string) => string])[] = [
    ['png', (path) => `plane { z, 2 pigment { image_map { png "${path}" } } finish { ambient 1 } }`],
    ['png', (path) => `height_field { png "${path}" pigment { rgb 1 } }`],
    ['png', (path) => `sphere { 0, 1 normal { bump_map { png "${path}" } } }`],
    ['png', (path) => `#declare F = function { pigment { image_map { png "${path}" } } }`],
    ['df3', (path) => `box { 0, 1 pigment { density_file df3 "${path}" } }`],
    ['ttf', (path) => `text { ttf "${path}" "secret", 1, 0 pigment { rgb 1 } }`],
  ];
  const files = within.flatMap(([type, object], k) =>
    [`${folder}/secret.${type}`, `${up}/secret.${type}`].map((path) => ({
      name: `object ${k} with the file ${path}`,
      harm: 'reads' as const,
      main: `${RENDERED}${object(path)}\n`,
    })),
  );
  const reader = `#macro Read(P)\n#fopen F P read\n#read(F, S)\n#error concat("LEAK ", S)\n#end\n`;
  const hidden = [
    {
      name: 'a path put together by a macro of an include file',
      harm: 'reads' as const,
      main: `#include "deep/reader.inc"\nRead(concat(chr(47), "${folder.slice(1)}/", "secret", ".txt"))\n`,
      files: { 'deep/reader.inc': reader },
    },
    {
      name: 'a file of the scene with the path as its content',
      harm: 'reads' as const,
      main: `${reader}#fopen G "link" read\n#read(G, P)\nRead(P)\n`,
      files: { link: `"${folder}/secret.txt"` },
    },
  ];
  return [...reading, ...including, ...passwords, ...files, ...hidden];
}

function learns({ folder, marker }: Outside): Attack[] {
  return [`${folder}/secret.txt`, '/etc/passwd', '/proc/self/environ', '/bin/sh', '/usr/bin/env'].map((path) => ({
    name: `file_exists ${path}`,
    harm: 'learns',
    main: `#if (file_exists("${path}")) #error "${marker}" #end\n${RENDERED}`,
  }));
}

function writes({ folder, scratch }: Outside): Attack[] {
  const up = `${'../'.repeat(12)}${folder.slice(1)}`;
  const paths = [
    `${folder}/new.txt`,
    `${folder}/secret.txt`,
    `${up}/other.txt`,
    `/proc/self/root${folder}/third.txt`,
    '/tmp/fractal-hostile-scene',
    '/dev/shm/fractal-hostile-scene',
    '/fractal-hostile-scene',
    '/scene/main.txt',
    'beside.txt',
    './deep/../beside.txt',
    '/settings/povray.ini',
    `${scratch}/settings/povray.ini`,
    '/proc/self/oom_score_adj',
    '/dev/stdout',
    '/dev/stderr',
    '-',
    `|touch ${folder}/run`,
    `;touch ${folder}/run`,
    `\`touch ${folder}/run\``,
    'a name\\nof two "lines"',
    '-o',
    '\u202etxt.exe',
  ];
  const opening = paths.flatMap((path) =>
    (['write', 'append'] as const).map((how) => ({
      name: `#fopen ${path} ${how}`,
      harm: 'writes' as const,
      main: `#fopen F "${path}" ${how}\n#write(F, "HARM\\n")\n#fclose F\n${RENDERED}`,
    })),
  );
  const photons = [`${folder}/photons`, 'photons'].map((path) => ({
    name: `photons saved to ${path}`,
    harm: 'writes' as const,
    main: `global_settings { photons { count 100 save_file "${path}" } }\nlight_source { y*5 rgb 1 }\n${RENDERED}`,
  }));
  const filling = {
    name: 'a file that grows for ever',
    harm: 'writes' as const,
    main: `#fopen F "${folder}/full" write\n#while (1) #write(F, "HARM HARM HARM HARM HARM\\n") #end\n`,
  };
  return [...opening, ...photons, filling];
}

/** Settings and options of POV-Ray: files, commands, libraries. */
function settings({ folder }: Outside): Attack[] {
  const run = `touch ${folder}/run`;
  const commands = ['Pre_Scene_Command', 'Post_Scene_Command', 'Pre_Frame_Command', 'Post_Frame_Command'];
  const lines = commands.map((command) => `${command}="${run}"`);
  const ini = [...lines, `Output_File_Name="${folder}/out.png"`, `All_File="${folder}/all.txt"`, ''].join('\n');
  const conf = `[Shellout Security]\nallowed\n[File I/O Security]\nnone\n`;
  const named = [
    { name: 'povray.ini of the scene', files: { 'povray.ini': ini } },
    { name: 'povray.conf of the scene', files: { '.povray/3.7/povray.conf': conf, '.povray/3.7/povray.ini': ini } },
    { name: '.povrayrc of the scene', files: { '.povrayrc': ini, 'scene.ini': ini } },
  ].map((one) => ({ ...one, harm: 'writes' as const, main: RENDERED }));
  const options = [
    ...lines,
    `+O${folder}/out.png`,
    `Output_File_Name=${folder}/out.png`,
    `+GA${folder}/all.txt`,
    `All_File=${folder}/all.txt`,
    `+GI${folder}/new.ini`,
    `Create_Ini=${folder}/new.ini`,
    `+HI${folder}/secret.inc`,
    `Include_Header=${folder}/secret.inc`,
    `+L${folder}`,
    `Library_Path=${folder}`,
    `+I${folder}/secret.inc`,
    `${folder}/secret.ini`,
    `+RFO`,
    `+Q9 +O${folder}/out.png`,
    `+Q9\n+O${folder}/out.png`,
    `-display`,
    '+WT512',
    `User_Abort_Command=${run}`,
  ].map((option) => ({
    name: `the option ${option}`,
    harm: 'writes' as const,
    main: RENDERED,
    scene: { options: [option] },
  }));
  const mains = [`${folder}/secret.inc`, '../main.pov', 'a\n.pov', 'a b.pov', `$(${run}).pov`, '-', ''].map((main) => ({
    name: `the main file ${JSON.stringify(main)}`,
    harm: 'reads' as const,
    main: RENDERED,
    files: { [main]: RENDERED },
    scene: { main },
  }));
  const paths = ['../out.txt', `${folder}/out.txt`, 'a/../../out.txt', 'a//b', './a', 'a\0b', 'x'.repeat(300)].map(
    (path) => ({
      name: `a file of the scene at ${JSON.stringify(path.slice(0, 40))}`,
      harm: 'writes' as const,
      main: RENDERED,
      files: { [path]: 'HARM' },
    }),
  );
  return [...named, ...options, ...mains, ...paths];
}

function lasting(): Attack[] {
  const scenes: Record<string, string> = {
    'a loop without end': '#while (1) #end',
    'a loop that declares': '#declare I = 0;\n#while (1) #declare I = I + 1; #end',
    'a macro that calls itself': '#macro A(N) A(N + 1) #end\nA(0)',
    'two macros that call each other': '#macro B(N) A(N) #end\n#macro A(N) B(N + 1) #end\nA(0)',
    'a string that doubles': '#declare S = "0123456789";\n#while (1) #declare S = concat(S, S); #end',
    'a string of two billion digits': '#declare S = str(1, 2000000000, 0);\n#error S',
    'an array of 2^31 numbers': '#declare A = array[2147483647];\n#declare A[0] = 1;',
    'an array of a billion numbers': '#declare A = array[1000][1000][1000];\n#declare A[999][999][999] = 1;',
    'objects without end': '#while (1) sphere { rand(seed(1)), 1 } #end',
    'a union without end': 'union { #while (1) sphere { 0, 1 } #end }',
    'a mesh without end': 'mesh { #while (1) triangle { 0, x, y } #end }',
    'messages without end': '#while (1) #debug "HARM HARM HARM HARM HARM HARM HARM\\n" #end',
    'warnings without end': '#while (1) #warning "HARM HARM HARM HARM HARM HARM HARM\\n" #end',
    'terminal sequences without end': `#while (1) #render "${'\u001b'}[2J${'\u0007'}" #end`,
    'an include of itself': '#include "self.inc"',
    'parentheses without end': `#declare A = ${'('.repeat(200_000)}1${')'.repeat(200_000)};`,
    'objects in objects': `${'union { '.repeat(100_000)} sphere { 0, 1 } sphere { x, 1 } ${'}'.repeat(100_000)}`,
    'media of a billion samples': `${RENDERED}sphere { 0, 2 hollow pigment { rgbt 1 } interior { media { intervals 100000 samples 100000, 100000 scattering { 1, 1 } } } }`,
    'an isosurface that is never found': `${RENDERED}isosurface { function { sin(1/(x*x+1e-9)) } max_gradient 1e12 accuracy 1e-12 contained_by { sphere { 0, 2 } } }`,
    'photons without end': `global_settings { photons { count 2000000000 } }\nlight_source { y*5 rgb 1 photons { refraction on } }\n${RENDERED}sphere { 0, .5 photons { target refraction on } }`,
    'radiosity without end': `global_settings { radiosity { count 10000 error_bound .0001 recursion_limit 10 } }\n${RENDERED}sphere { 0, 1 }`,
    'an area light of a billion samples': `light_source { y*5 rgb 1 area_light x, z, 30000, 30000 }\n${RENDERED}plane { y, -1 pigment { rgb 1 } }`,
    'mirrors between mirrors': `global_settings { max_trace_level 256 }\n${RENDERED}#for (I, 0, 200) sphere { <rand(seed(I)) * 4 - 2, I / 100 - 1, 1>, .3 pigment { rgbf 1 } interior { ior 1.5 } finish { reflection .9 } } #end`,
  };
  const loops = Object.entries(scenes).map(([name, main]) => ({
    name,
    harm: 'lasts' as const,
    main: `${main}\n`,
    files: { 'self.inc': '#include "self.inc"\n#include "self.inc"\n' },
  }));
  const sizes = [
    { width: 1_000_000, height: 1_000_000 },
    { width: 16_384, height: 16_384 },
    { width: 0, height: 100 },
    { width: -5, height: 100 },
  ].map((scene) => ({
    name: `a picture of ${scene.width}x${scene.height}`,
    harm: 'lasts' as const,
    main: RENDERED,
    scene,
  }));
  return [...loops, ...sizes];
}
