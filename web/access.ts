/** What the service lets the token of this tab do; asked for again when it is refused. */

import { useEffect, useState } from 'preact/hooks';
import type { Access } from './answers.js';
import { get, messageOf, whenRefused } from './api.js';

export interface AccessState {
  readonly access: Access | undefined;
  readonly wantsToken: boolean;
  /** Why there is no access. */
  readonly failure: string | undefined;
  /** Asks the service. */
  enter(): void;
}

export function useAccess(): AccessState {
  const [access, setAccess] = useState<Access>();
  const [wantsToken, setWantsToken] = useState(false);
  const [failure, setFailure] = useState<string>();
  const enter = async () => {
    try {
      setAccess(await get<Access>('/v1/access'));
      setWantsToken(false);
      setFailure(undefined);
    } catch (error) {
      setFailure(messageOf(error));
    }
  };
  useEffect(() => {
    whenRefused((why) => {
      setAccess(undefined);
      setWantsToken(true);
      setFailure(why);
    });
    enter();
  }, []);
  return { access, wantsToken, failure, enter };
}
