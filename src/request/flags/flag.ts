/**
 * One flag, described once. The command line, help, docs/flags.md, completion, request files and the parameters in
 * pictures all follow from the entries of this folder; index.ts joins them.
 */

import type * as z from 'zod';
import type { Request } from '../request.js';

export type CommandName =
  | 'leader'
  | 'scene'
  | 'recolor'
  | 'worker'
  | 'serve'
  | 'explore'
  | 'request'
  | 'mpi'
  | 'submit'
  | 'jobs'
  | 'wait'
  | 'get'
  | 'logs'
  | 'status'
  | 'top'
  | 'cancel'
  | 'pause'
  | 'resume'
  | 'requeue'
  | 'autoscale'
  | 'locate'
  | 'certs'
  | 'install-service'
  | 'palettes'
  | 'doctor'
  | 'version'
  | 'completion';

/** The properties of a flag that command lines, help and completion use. */
export interface FlagSyntax {
  /** Heading in the help text. */
  readonly group: string;
  /** The meaning, in one line without a full stop. */
  readonly describe: string;
  /** What stands for the value in the help text, such as N or FILE; absent: a boolean flag. */
  readonly value?: string;
  /** The value may be left out, which means 'true'. */
  readonly optional?: true;
  /** May be given several times, in request files as a list: its text is the values with line breaks between. */
  readonly repeatable?: true;
  /** Words of the command line that belong to no flag are its values. */
  readonly words?: true;
  /** `--no-NAME` is understood, and means 'false', though the flag takes a value. Boolean flags always have it. */
  readonly negatable?: true;
  /** Of one letter: `-x`; longer: `--re`. Shown in the help text. */
  readonly alias?: string | readonly string[];
  /** The value of a flag that is absent: one that the schema takes. */
  readonly default?: string;
  /** For the help text, where the default depends on other flags or on the machine. */
  readonly defaultText?: string;
  /** For the completion of values, where the schema is no list of names. */
  readonly choices?: readonly string[] | (() => Promise<readonly string[]>);
  /** Understood, but neither in the help text nor in the completion. */
  readonly hidden?: true;
}

/** An entry of the table. */
export interface Flag extends FlagSyntax {
  /** From text to a checked value. The message of an issue completes `--name "value" is not …`. */
  readonly schema: z.ZodType;
  /** The commands that take it. */
  readonly commands: readonly CommandName[];
  /** Texts that differ in the help of single commands. */
  readonly on?: Readonly<
    Partial<
      Record<
        CommandName,
        Partial<Pick<FlagSyntax, 'group' | 'describe' | 'alias' | 'default' | 'defaultText' | 'words'>>
      >
    >
  >;
  /** Names of older tools: understood on the command line and in request files, not shown. */
  readonly older?: readonly string[];
  /** Further names in request files. */
  readonly fileNames?: readonly string[];
  /** A request file may hold its value as an object: it is text in JSON. */
  readonly object?: true;
  /** Why it may not stand in a request file, as the rest of a sentence about the file. Absent: it may. */
  readonly notInFile?: string;
  /** The flag that it replaces: given in the source of higher precedence, it removes that one from the others, and vice versa. */
  readonly insteadOf?: string;
  /**
   * What of a picture depends on it: its samples, or only what is made of them (colours, speed of a film). Absent:
   * nothing, as for outfiles and workers; a location file cannot set it.
   */
  readonly shapes?: 'samples' | 'presentation';
  /**
   * The value in pictures, with which `parseRequest` makes the same request again; undefined: not written.
   * Absent though the flag shapes the picture: other flags have the same meaning, as --zoom for --view-width.
   */
  readonly metadata?: (request: Request) => string | undefined;
}

export type FlagTable = Readonly<Record<string, Flag>>;

/** The commands that render here: compute a picture, or paint the samples of an earlier one. */
export const RENDERING_HERE = ['leader', 'recolor'] as const satisfies readonly CommandName[];
/** The commands that write pictures and films of any kind, and print how far they are. */
export const WRITING = ['leader', 'scene', 'recolor'] as const satisfies readonly CommandName[];
/** The commands about a picture, rendered here or by a service. */
export const RENDERING = [...RENDERING_HERE, 'submit'] as const satisfies readonly CommandName[];
/** The commands about what is seen of a picture: the explorer decides its size, samples and file. */
export const SHOWING = [...RENDERING, 'explore'] as const satisfies readonly CommandName[];
/** The commands that have a place. */
export const GOING = [...RENDERING, 'locate', 'explore'] as const satisfies readonly CommandName[];
/** The commands that have a view. */
export const VIEWING = [...RENDERING, 'locate'] as const satisfies readonly CommandName[];
