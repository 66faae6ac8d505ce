/** As much of package-lock.json as the decisions read. */
export interface Lock {
  packages: Record<
    string,
    {
      version?: string;
      link?: boolean;
      optional?: boolean;
      devOptional?: boolean;
      optionalDependencies?: Record<string, string>;
    }
  >;
}

export function whyInstall(lock: Lock, installed: Lock | undefined): string | undefined;
export function npmArguments(lock: Lock): string[];
export function lacksOptional(lock: Lock): boolean;
export function tail(output: string, lines?: number): string;
export function install(root: string, say?: (line: string) => void): Promise<boolean>;
