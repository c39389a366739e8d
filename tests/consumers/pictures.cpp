// A program that draws, through the public headers and the target xtape::pictures alone.
#include <xtape/pictures.hpp>

int main() {
  xtape::pictures::save_image_grid("grid.png", xtape::ones({4, 1, 8, 8}),
                                   {.columns = 2, .labels = {"a", "b", "c", "d"}});
  xtape::pictures::save_curves("curves.svg", {{.name = "loss", .x = {}, .y = {3, 2, 1}}}, {.title = "Loss"});
}
