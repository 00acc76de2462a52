/**
 * Calls for page after page, until one has no `next`.
 *
 * @param call - Given what stands after the page before; undefined for the first.
 */
export async function* pagesOf<Page extends { readonly next?: string | undefined }>(
  call: (after: string | undefined) => Promise<Page>,
): AsyncGenerator<Page> {
  let after: string | undefined;
  do {
    const page = await call(after);
    yield page;
    after = page.next;
  } while (after !== undefined);
}
