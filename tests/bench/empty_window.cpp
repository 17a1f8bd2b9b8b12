// The reference of the window's figures: GLFW and OpenGL as the app asks for them, and nothing else. Says
// "frame" when its first frame is on the screen, then sleeps until standard input ends.
#include <cstdio>
#include <thread>

#define GLFW_INCLUDE_GLCOREARB
#include <GLFW/glfw3.h>

int main() {
  if (!glfwInit()) return 1;
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, 1);
  GLFWwindow* window = glfwCreateWindow(1280, 800, "Empty", nullptr, nullptr);
  if (!window) return 1;
  glfwMakeContextCurrent(window);
  glfwSwapInterval(1);
  auto clear = reinterpret_cast<PFNGLCLEARPROC>(glfwGetProcAddress("glClear"));
  auto finish = reinterpret_cast<PFNGLFINISHPROC>(glfwGetProcAddress("glFinish"));
  if (!clear || !finish) return 1;
  clear(GL_COLOR_BUFFER_BIT);
  glfwSwapBuffers(window);
  finish();
  std::puts("frame");
  std::fflush(stdout);
  std::thread waits([window] {
    while (std::getchar() != EOF) {
    }
    glfwSetWindowShouldClose(window, 1);
    glfwPostEmptyEvent();
  });
  while (!glfwWindowShouldClose(window)) glfwWaitEvents();
  waits.join();
  glfwTerminate();
  return 0;
}
